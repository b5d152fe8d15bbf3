"""`osmodesk db copy`: from an SQLite file to MySQL / MariaDB."""
