from django.urls import include, path

from bienrecu.web.views.metrics import metrics

urlpatterns = [
    path("metrics", metrics),
    path("", include("bienrecu.web.urls")),
]
