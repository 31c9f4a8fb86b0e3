"""A sourced library on GP-led commissioning: nothing is said without the words it rests on."""
