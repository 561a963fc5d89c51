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
            if (MessageEventData.Read(e.Type, e.Data) is not { } data) continue;
            if (!rooms.TryGetValue(data.RoomId, out var ofRoom)) rooms.Add(data.RoomId, ofRoom = []);
            ofRoom.Add(new ReceivedEvent(data with { TraceParent = e.TraceParent }, new DeferredEvent(data.Version, e.Type, e.Data)));
        }
        var received = rooms.Values.SelectMany(events => events.Select(one => one.Data)).ToList();
        await users.EnsureLoaded(
            [
                .. received.OfType<MessageSentData>().Select(data => data.Message.UserId),
                .. received.OfType<MessageEditedData>().Select(data => data.Message.UserId),
            ],
            ct);
        var viewersByRoom = await viewers.Find(rooms.Keys, ct);
        return work => notifier.Handle(work, rooms, viewersByRoom);
    }
}
