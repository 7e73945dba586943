"""The look of Foyer: design tokens and the style sheet that Tailwind builds from them."""
