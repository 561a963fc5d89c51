using BigTech.Chat.Domain;
using BigTech.Chat.Storage;

namespace BigTech.Chat.Features;

/// <summary>
/// How many messages a user has not read: those that others sent since, and did not delete. Rooms count places; the deleted ones among
/// them are few, and are counted when someone asks.
/// </summary>
internal static class UnreadCounts
{
    public static async Task<long> Of(Room room, long userId, ChatStore store, CancellationToken ct) =>
        (await Of([room], userId, store, ct))[room.Id];

    /// <summary>By room; each must have the user as a member.</summary>
    public static async Task<Dictionary<long, long>> Of(
        IReadOnlyCollection<Room> rooms, long userId, ChatStore store, CancellationToken ct)
    {
        var places = rooms.ToDictionary(room => room.Id, room => room.UnreadOf(userId));
        var behind = rooms.Where(room => places[room.Id] > 0).Select(room => new UnreadPlaces(room, room.Members[userId].ReadSeq)).ToList();
        if (behind.Count == 0) return places;
        foreach (var (room, deleted) in await store.Messages.Read(messages => messages.CountDeleted(behind), ct)) places[room] -= deleted;
        return places;
    }
}
