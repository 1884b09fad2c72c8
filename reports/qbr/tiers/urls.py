from django.urls import path

from reports.qbr.tiers import views as template_views

app_name = "review_templates"

urlpatterns = [
    path("", template_views.template_list, name="template-list"),
    path("change/", template_views.template_change, name="template-change"),
]
