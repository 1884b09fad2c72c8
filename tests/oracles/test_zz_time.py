import time, json
from io import StringIO
import pytest
from django.core.management import call_command
from tests.oracles.test_examples import BOOKS, make_book, period_of, as_of
@pytest.mark.django_db
def test_time(tmp_path):
    case=[c for c in BOOKS if c['id']=='LOGO-003'][0]
    folder=make_book(case['inputs']).write(tmp_path/'b')
    t=time.time(); call_command("import_book","northwind",str(folder),stdout=StringIO()); print('import',time.time()-t)
    s,e=period_of(case['inputs'])
    import cProfile,pstats
    pr=cProfile.Profile(); pr.enable()
    t=time.time(); call_command("kpis","northwind","--period",f"{s}..{e}","--as-of",as_of(case['inputs']),"--format","json",stdout=StringIO()); print('kpis',time.time()-t)
    pr.disable(); pstats.Stats(pr).sort_stats('cumtime').print_stats(25)
