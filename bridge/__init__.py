"""The WhatsApp side: Cloud API and WAHA. Empty until its issue is taken up."""
