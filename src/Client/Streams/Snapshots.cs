namespace BigTech.Chat.Client;

/// <summary>What a room is when its events begin, and again when some were missed. Made by the client.</summary>
/// <param name="Room">The room with its members.</param>
/// <param name="Page">Its newest messages. Apply events to a message only above the message's own version.</param>
public sealed record RoomSnapshot(Room Room, MessagePage Page) : StreamEvent;

/// <summary>All rooms of the caller when their events begin, and again when some were missed. Made by the client.</summary>
/// <param name="Rooms">Latest activity first.</param>
public sealed record RoomListSnapshot(IReadOnlyList<Room> Rooms) : StreamEvent;

/// <summary>The newest notifications when their events begin, and again when some were missed. Made by the client.</summary>
/// <param name="Page">The first page.</param>
public sealed record NotificationSnapshot(NotificationPage Page) : StreamEvent;

/// <summary>All friends and open requests when their events begin, and again when some were missed. Made by the client.</summary>
/// <param name="Friends">By name.</param>
/// <param name="Sent">Open requests of the caller.</param>
/// <param name="Received">Open requests to the caller.</param>
public sealed record FriendSnapshot(
    IReadOnlyList<Friend> Friends, IReadOnlyList<Friendship> Sent, IReadOnlyList<Friendship> Received) : StreamEvent;

/// <summary>The presence of all friends when its events begin, and again when some were missed. Made by the client.</summary>
/// <param name="Friends">With their presence.</param>
public sealed record PresenceSnapshot(IReadOnlyList<Friend> Friends) : StreamEvent;
