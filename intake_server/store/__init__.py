"""The centre's database: schema, migrations, the commit of what arrives, and the ledger's reads."""
