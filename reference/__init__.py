"""A sourced library: nothing is said without the words it rests on."""
