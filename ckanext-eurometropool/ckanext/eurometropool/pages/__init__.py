"""What a visitor sees: the portal's own routes, and the functions its templates call."""
