"""What do the WebSockets say?"""
