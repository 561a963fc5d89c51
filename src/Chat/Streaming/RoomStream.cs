using System.Buffers;
using System.Text;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using Microsoft.AspNetCore.Http;

namespace BigTech.Chat.Streaming;

/// <summary>The live stream of one room. Its event ids are the room's versions, so a client resumes exactly where it stopped.</summary>
internal sealed class RoomStream(
    HttpContext http, UserSession caller, long roomId, StreamServices services)
    : EventStream<StreamEvent>(http, caller, services.Registry), IRoomListener
{
    private const int ShortTail = 256;
    private long _last;

    public override string Kind => "room";

    long IRoomListener.UserId => Caller.UserId;

    bool IRoomListener.ShowsOneRoom => true;

    bool IRoomListener.IsOpening => false;

    void IRoomListener.PushLast(StreamEvent e) => CloseAfter(e);

    void IRoomListener.Joined(long joinedId)
    {
        // It is always the one room, which Leave knows.
    }

    protected override async Task Open(CancellationToken ct)
    {
        var room = await EnterRoom(ct);
        _last = room.Version;
        if (LastEventId is not { Length: > 0 } last)
        {
            await StartNow(ct);
            WriteReady(resumed: false, _last);
            return;
        }
        if (await ReasonToStartOver(room, last, ct) is { } reason)
        {
            await StartNow(ct);
            WriteReset(reason, _last);
            return;
        }
        _last = last == "0" ? 0 : RoomEventId.Parse(last)!.Value.Version;
        CountResume();
        WriteReady(resumed: true, room.Version);
        try
        {
            if (await TryReplay(room, ct)) return;
            await StartNow(ct);
            WriteReset("too_large", _last);
        }
        catch (AppError error) when (error.Kind is ErrorKind.Forbidden or ErrorKind.NotFound)
        {
            await WriteLoss(ct);
        }
    }

    /// <summary>Joins the room: the client is at its present version, and gets the changes from then on.</summary>
    private async Task StartNow(CancellationToken ct)
    {
        services.Hub.Join(roomId, this);
        _last = (await EnterRoom(ct)).Version;
        services.Hub.SetBaseline(roomId, _last);
    }

    /// <summary>Sends what the client missed, and joins the room; false when it is too large.</summary>
    private async Task<bool> TryReplay(Room room, CancellationToken ct)
    {
        // A long gap is replayed before joining: events of a busy room would overflow the queue meanwhile.
        while (room.Version - _last > ShortTail)
        {
            if (await SendMissed(ct) is not { } reached) return false;
            _last = reached;
            room = await EnterRoom(ct);
        }
        services.Hub.Join(roomId, this);
        services.Hub.SetBaseline(roomId, (await EnterRoom(ct)).Version);
        if (await SendMissed(ct) is not { } last) return false;
        _last = Math.Max(_last, last);
        return true;
    }

    private Task<long?> SendMissed(CancellationToken ct) => services.Replay.Send(roomId, _last, Caller.UserId, Write, FlushPage, ct);

    private async Task<bool> FlushPage()
    {
        await Flush();
        return !IsReplayTooLarge;
    }

    /// <summary>The user lost the room during the replay. This is the stream's last event, whatever is queued.</summary>
    private async Task WriteLoss(CancellationToken ct)
    {
        if (await services.Replay.Loss(roomId, Caller, ct) is { } loss) Output.Write(loss.Frame);
        await Flush();
        Close();
    }

    protected override void Write(StreamEvent e)
    {
        if (e.IsEphemeral)
        {
            // The hub has yet to deliver changes that the stream has read, such as the message that ended the typing, or a removal.
            if (e.Version < _last) return;
            WriteId(_last);
            Output.Write(e.Body);
            return;
        }
        if (e.Version <= _last) return;
        Output.Write(e.Frame);
        _last = e.Version;
    }

    protected override Task WriteLagged()
    {
        WriteReset("slow_consumer", _last);
        return Task.CompletedTask;
    }

    protected override void Leave() => services.Hub.Leave(roomId, this);

    private async ValueTask<Room> EnterRoom(CancellationToken ct) =>
        RoomAccess.EnsureMember(await services.Store.Find(roomId, ct), Caller.UserId);

    private async ValueTask<string?> ReasonToStartOver(Room room, string last, CancellationToken ct)
    {
        if (last == "0") return room.Version > RoomReplay.MaxGap ? "too_far" : null;
        if (RoomEventId.Parse(last) is not { } id) return "unknown_id";
        if (id.RoomId != roomId) return "foreign_id";
        if (await services.Store.IsAhead(room, id.Version, ct)) return "future_id";
        return room.Version - id.Version > RoomReplay.MaxGap ? "too_far" : null;
    }

    private void WriteReady(bool resumed, long version)
    {
        WriteId(_last);
        SseFrame.Write(Output, ControlEvents.Ready, string.Create(CultureInfo.InvariantCulture,
            $"{{\"resumed\":{(resumed ? "true" : "false")},\"room_id\":{roomId},\"version\":{version}}}"));
    }

    private void WriteReset(string reason, long version)
    {
        CountReset(reason);
        WriteId(version);
        SseFrame.Write(Output, ControlEvents.Reset, RoomEvents.ResetData(reason, roomId, version, $"/messages/{roomId}"));
    }

    private void WriteId(long version) => Encoding.UTF8.GetBytes($"id: {new RoomEventId(roomId, version)}\n", Output);
}
