"""The film app: the cut, its sound, exports, and the way to editors and back."""
