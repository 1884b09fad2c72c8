from django.urls import path

from kpis.choices import views

app_name = "choices"

urlpatterns = [
    path("", views.choice_list, name="choice-list"),
    path("<slug:name>/", views.choice_change, name="choice-change"),
    path("<slug:name>/<int:version>/withdraw/", views.choice_withdraw, name="choice-withdraw"),
]
