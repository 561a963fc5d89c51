namespace BigTech.Tests.EndToEnd.Streams;

/// <summary>What a client fetches beside the stream of all rooms.</summary>
internal sealed record RoomSnapshot(Room Room, List<Message> Messages, PinsOfRoom Pins);

/// <summary>
/// Snapshots of rooms after each step of a history. A client in a test applies events late: what it would have fetched when an event came
/// is the first snapshot that includes the event.
/// </summary>
internal sealed class RoomSnapshots
{
    private readonly Dictionary<long, SortedList<long, RoomSnapshot>> _rooms = [];

    /// <param name="user">A member of the room, which must not change meanwhile.</param>
    public async Task Take(User user, long room)
    {
        var snapshot = new RoomSnapshot(await user.GetRoom(room), await user.WholeHistory(room), await user.Pins(room));
        if (!_rooms.TryGetValue(room, out var all)) _rooms.Add(room, all = []);
        all[snapshot.Room.Version] = snapshot;
    }

    public RoomSnapshot At(long room, long version) => _rooms[room].First(snapshot => snapshot.Key >= version).Value;
}
