"""Tables: CSV files of datasets in the DataStore, so that previews and the DataStore API have something to show."""
