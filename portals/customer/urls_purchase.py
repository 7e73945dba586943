"""The addresses from checkout to ticket."""

from django.urls import path

from portals.customer.views import bookings, checkout, payment, proof, tickets

purchase_patterns = [
    path("showtimes/<int:id>/checkout/", checkout.checkout, name="checkout"),
    path("proof/", proof.proof_address, name="proof"),
    path("proof/code/", proof.proof_code, name="proof_code"),
    path("b/<slug:key>/", payment.by_link, name="by_key"),
    path("bookings/", bookings.bookings, name="bookings"),
    path("bookings/<slug:code>/", bookings.booking, name="booking"),
    path("bookings/<slug:code>/payment/", payment.payment, name="payment"),
    path("bookings/<slug:code>/payment/left/", payment.payment_left, name="payment_left"),
    path("bookings/<slug:code>/payment/end/", payment.payment_end, name="payment_end"),
    path("bookings/<slug:code>/cancellation/", bookings.cancellation, name="cancellation"),
    path("bookings/<slug:code>/resending/", bookings.resending, name="resending"),
    path("bookings/<slug:code>/tickets.pdf", bookings.tickets_file, name="tickets_file"),
    path("bookings/<slug:code>/event.ics", bookings.calendar, name="calendar"),
    path("tickets/", tickets.tickets, name="tickets"),
    path("tickets/<slug:code>/", tickets.ticket, name="ticket"),
    path("tickets/<slug:code>/dependent/", tickets.ticket_dependent, name="ticket_dependent"),
    path("tickets/<slug:code>/code.png", tickets.ticket_image, name="ticket_image"),
    path("tickets/<slug:code>/ticket.pdf", tickets.ticket_file, name="ticket_file"),
]
