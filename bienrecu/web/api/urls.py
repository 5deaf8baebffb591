from django.urls import path

from bienrecu.web.api.advice import advice

urlpatterns = [path("advice", advice, name="api_advice")]
