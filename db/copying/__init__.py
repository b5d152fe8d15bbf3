"""Copy every row of one database into another, whatever their engines."""
