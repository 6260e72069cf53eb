"""Playing footage in a browser: links, playlists, and the segments that agents send for them."""
