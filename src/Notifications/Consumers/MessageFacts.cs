using BigTech.Contracts.Chat;
using BigTech.Notifications.Storage;
using BigTech.Platform.Events;
using BigTech.Platform.Sql;

namespace BigTech.Notifications.Consumers;

/// <summary>message.events, a batch at a time: whatever comes at once of one room is one burst.</summary>
internal sealed class MessageFacts(Conversations conversations, NotificationUserReadModel users, IRoomViewers viewers)
{
    public async ValueTask<Action<UnitOfWork>> Prepare(IReadOnlyList<EventEnvelope> events, CancellationToken ct)
    {
        var rooms = new Dictionary<long, List<HeardFact>>();
        foreach (var e in events)
        {
            if (MessageFact.Read(e.Type, e.Data) is not { } fact) continue;
            if (!rooms.TryGetValue(fact.RoomId, out var heard)) rooms.Add(fact.RoomId, heard = []);
            heard.Add(new HeardFact(fact with { TraceParent = e.TraceParent }, new HeldEvent(fact.Version, e.Type, e.Data)));
        }
        var said = rooms.Values.SelectMany(heard => heard.Select(h => h.Fact)).OfType<SaidFact>();
        await users.EnsureLoaded(said.Select(fact => fact.Message.UserId), ct);
        var looking = await viewers.Find(rooms.Keys, ct);
        return work => conversations.Hear(work, rooms, looking);
    }
}
