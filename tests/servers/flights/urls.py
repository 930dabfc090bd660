from django.urls import path

from .views import Count, CountWritten, Flights, FlightsByCursor, FlightsByPage, WrittenFlights

urlpatterns = [
    path("flights/", Flights.as_view()),
    path("flights-page/", FlightsByPage.as_view()),
    path("flights-cursor/", FlightsByCursor.as_view()),
    *(path(f"{name}/count", Count.as_view()) for name in ("flights", "flights-page", "flights-cursor")),
    path("written/<str:name>/", WrittenFlights.as_view()),
    path("written/<str:name>/count", CountWritten.as_view()),
]
