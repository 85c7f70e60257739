"""How records come in: one module a portal protocol, one engine that runs them."""
