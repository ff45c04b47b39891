"""The documentation as a site: pages of docs/ in both languages, and a reference made from code and settings."""
