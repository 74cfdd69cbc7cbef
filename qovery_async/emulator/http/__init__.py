"""The HTTP server: routing, authentication, rate limit, responses."""
