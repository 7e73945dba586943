"""The addresses from checkout to ticket."""

from django.urls import path

from portals.customer.views import bookings, checkout, payment, proof, tickets

purchase_patterns = [
    path("showtimes/<int:id>/checkout/", checkout.checkout, name="checkout"),
    path("proof/", proof.proof_address, name="proof"),
    path("proof/code/", proof.proof_code, name="proof_code"),
    path("b/<str:key>/", payment.by_link, name="by_key"),
    path("bookings/", bookings.bookings, name="bookings"),
    path("bookings/<str:code>/", bookings.booking, name="booking"),
    path("bookings/<str:code>/payment/", payment.payment, name="payment"),
    path("bookings/<str:code>/payment/left/", payment.payment_left, name="payment_left"),
    path("bookings/<str:code>/payment/end/", payment.payment_end, name="payment_end"),
    path("bookings/<str:code>/cancellation/", bookings.cancellation, name="cancellation"),
    path("bookings/<str:code>/resending/", bookings.resending, name="resending"),
    path("bookings/<str:code>/tickets.pdf", bookings.tickets_file, name="tickets_file"),
    path("bookings/<str:code>/event.ics", bookings.calendar, name="calendar"),
    path("tickets/", tickets.tickets, name="tickets"),
    path("tickets/<str:code>/", tickets.ticket, name="ticket"),
    path("tickets/<str:code>/code.png", tickets.ticket_image, name="ticket_image"),
    path("tickets/<str:code>/ticket.pdf", tickets.ticket_file, name="ticket_file"),
    path("proof/", proof.proof_address, name="proof"),
    path("proof/code/", proof.proof_code, name="proof_code"),
]
