"""What a camera's pictures say: motion in zones, tampering, people and vehicles. Pure: small grey arrays in, changes out.

The camera's child process and `watchkeeper camera analyse` both look through the same `Analyser`.
"""
