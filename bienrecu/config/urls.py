from django.urls import include, path

urlpatterns = [
    path("", include("bienrecu.web.urls")),
]
