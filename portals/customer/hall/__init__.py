"""The hall as the customer sees it: a style sheet for where things are, a skeleton of HTML, and the state filled in."""
