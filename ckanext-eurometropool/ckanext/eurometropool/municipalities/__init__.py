"""The 153 municipalities: their register, and the links from datasets to them."""
