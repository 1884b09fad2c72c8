from django.urls import path

from reports.qbr.builder import action_views, preview_views, sheet_views, views

urlpatterns = [
    path("<int:qbr_id>/pages/", preview_views.preview_print, name="preview-print"),
    path("<int:qbr_id>/pages/draft.pdf", preview_views.preview_pdf, name="preview-pdf"),
    path("<int:qbr_id>/actions/add/", action_views.action_add, name="action-add"),
    path("<int:qbr_id>/goals/<int:goal_id>/judge/", action_views.goal_judge, name="goal-judge"),
    path("<int:qbr_id>/builder/", views.builder_detail, name="builder-detail"),
    path("<int:qbr_id>/builder/preview/", views.builder_preview, name="builder-preview"),
    path("<int:qbr_id>/builder/look.css", views.builder_look, name="builder-look"),
    path("<int:qbr_id>/builder/sheets/", sheet_views.builder_sheets, name="builder-sheets"),
    path("<int:qbr_id>/builder/sheets.css", sheet_views.sheets_look, name="sheets-look"),
    path("<int:qbr_id>/builder/news/", views.builder_news, name="builder-news"),
    path("<int:qbr_id>/builder/<slug:key>/text/", views.section_write, name="section-write"),
    path("<int:qbr_id>/builder/<slug:key>/arrange/", views.section_arrange, name="section-arrange"),
    path("<int:qbr_id>/builder/<slug:key>/images/", views.image_add, name="image-add"),
    path(
        "<int:qbr_id>/builder/<slug:key>/images/<int:image_id>/remove/",
        views.image_remove,
        name="image-remove",
    ),
    path("<int:qbr_id>/images/<int:image_id>/", views.image_show, name="image-show"),
]
