"""Onboarding of new clients: combines the book and the measures, and is imported by no other app."""
