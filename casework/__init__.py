"""What people do with the network: builds, decisions, cases, reports. No HTTP in here."""
