from tests.web.visitors import *
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern
from django.db import transaction
def walk(r, prefix="", ns=()):
    for p in r.url_patterns:
        if isinstance(p, URLPattern):
            yield ":".join([*ns, p.name or "?"]), prefix+str(p.pattern), p.callback
        else:
            yield from walk(p, prefix+str(p.pattern), ns+((p.namespace,) if p.namespace else ()))
KW={"pk":1,"key":"abc","uidb36":"1","client_id":1,"touchpoint_id":1,"mail_id":1,"number":0,"job_id":1,"kpi":"mrr","qbr_id":1}
def test_probe(visitors, settings):
    settings.ACCOUNT_RATE_LIMITS=False; settings.MFA_RATE_LIMITS=False
    import copy
    h=visitors.house
    KW.update(client_id=h.client.pk,touchpoint_id=h.touchpoint.pk,mail_id=h.mail.pk,job_id=h.job.pk,qbr_id=h.qbr.pk)
    browsers={v:visitors.browser(v, raise_request_exception=False) for v in (ANONYMOUS, "viewer","account_manager","leader","owner",FOREIGN)}
    import time
    jars={v:copy.deepcopy(b.cookies) for v,b in browsers.items()}
    for name, pat, cb in walk(get_resolver("agencyam.urls")):
        if name=="?": continue
        import re
        args=re.findall(r"<(?:\w+:)?(\w+)>", pat)
        url=reverse(name, kwargs={a:KW[a] for a in args})
        out=[]
        t=time.time()
        for v,b in browsers.items():
            line=[]
            for m in ("get","head","post","put","patch","delete","options"):
                block=transaction.atomic(); block._from_testcase=True
                with block:
                    b.cookies=copy.deepcopy(jars[v])
                    r=getattr(b,m)(url)
                    transaction.set_rollback(True)
                loc = r.headers.get("Location","")
                line.append(f"{r.status_code}{'L' if 'login/?next' in loc else ''}")
            out.append(f"{v[:5]}:{' '.join(line)}")
        print(name, f"{time.time()-t:.2f}", " | ".join(out))
    assert 0
