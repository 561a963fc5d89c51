namespace BigTech.Chat.Domain;

/// <summary>The messages of a room behind a read position.</summary>
internal readonly record struct UnreadPlaces(Room Room, long ReadSeq);
