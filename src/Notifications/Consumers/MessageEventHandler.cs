using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Notifications.Storage;

namespace BigTech.Notifications.Consumers;

/// <summary>Handles message.events in batches: the events of one room in a batch form one burst.</summary>
internal sealed class MessageEventHandler(MessageNotifier notifier, NotificationUserReadModel users, IRoomViewers viewers)
{
    public async ValueTask<Action<UnitOfWork>> Prepare(IReadOnlyList<EventEnvelope> events, CancellationToken ct)
    {
        var rooms = new Dictionary<long, List<ReceivedEvent>>();
        foreach (var e in events)
        {
            if (MessageEventData.Read(e.Type, e.Data) is not { } fact) continue;
            if (!rooms.TryGetValue(fact.RoomId, out var heard)) rooms.Add(fact.RoomId, heard = []);
            heard.Add(new ReceivedEvent(fact with { TraceParent = e.TraceParent }, new DeferredEvent(fact.Version, e.Type, e.Data)));
        }
        var said = rooms.Values.SelectMany(heard => heard.Select(h => h.Fact)).OfType<MessageSentData>();
        await users.EnsureLoaded(said.Select(fact => fact.Message.UserId), ct);
        var looking = await viewers.Find(rooms.Keys, ct);
        return work => notifier.Handle(work, rooms, looking);
    }
}
