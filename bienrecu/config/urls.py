from django.urls import include, path

from bienrecu.web.views.metrics import metrics

urlpatterns = [
    path("metrics", metrics, name="metrics"),
    path("", include("bienrecu.web.urls")),
]
