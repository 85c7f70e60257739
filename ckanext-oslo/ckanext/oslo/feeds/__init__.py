"""The catalogue as feeds: pages, dumps, single datasets and a linked-data event stream, each in every profile.

What is written of a dataset is made when the dataset changes (`entries`), kept in PostgreSQL (`tables`) and only put
together when somebody asks (`catalogue`, `dumps`, `stream`). The database's own triggers say what has to be written
anew, take out at once what nobody may see any more, and keep the log that the event stream is read from.
"""
