"""Rules without a port: images, bundles, what the tools say, certificates, health."""
