using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using BigTech.BuildingBlocks.Events;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;
using BigTech.Contracts;
using BigTech.Contracts.Chat;
using Microsoft.Extensions.Hosting;

namespace BigTech.Chat.Streaming;

/// <summary>
/// Follows the events that other replicas of this context write. A message goes to the hub with its bytes; for any other change the hub
/// receives only the version. The replica's own changes arrive as well, and are known already.
/// </summary>
internal sealed partial class ReplicaEventFollower(
    IEventBus bus, RoomHub hub, ChatStore store, TimeProvider time, ILogger<ReplicaEventFollower> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly List<ITopicFollower> _followers = [];
    private readonly Channel<(long RoomId, IReadOnlyCollection<long> Users)> _joins =
        Channel.CreateUnbounded<(long RoomId, IReadOnlyCollection<long> Users)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!bus.IsShared) return Task.CompletedTask;
        _followers.Add(bus.Follow(Topics.Message, TakeMessage, hub.ReportMissedEvents));
        _followers.Add(bus.Follow(Topics.Chat, TakeRoom, () => _ = RejoinRooms()));
        _ = CatchUpOnceStarted();
        _ = ProcessJoins();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        foreach (var follower in _followers) await follower.DisposeAsync();
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>Reads what other replicas wrote while the first streams opened and no topic was followed yet.</summary>
    private async Task CatchUpOnceStarted()
    {
        await Task.WhenAll(_followers.Select(follower => follower.Started)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await RejoinRooms();
    }

    private void TakeMessage(EventEnvelope e)
    {
        var roomId = long.Parse(e.Key, CultureInfo.InvariantCulture);
        if (!hub.HasListeners(roomId)) return;
        if (EventNameOf(e.Type) is not { } name) return;
        hub.Publish(StreamEvent.Create(roomId, VersionOf(e.Data), name, e.Data) with
        {
            Author = e.Type == MessageSent.WireName ? AuthorOf(e.Data) : null,
            CommittedAt = Ago(time.GetUtcNow() - e.Time),
        });
    }

    /// <summary>The clocks of two machines differ: nothing is committed in the future.</summary>
    private static long Ago(TimeSpan age) =>
        Stopwatch.GetTimestamp() - (long)(Math.Max(0, age.TotalSeconds) * Stopwatch.Frequency);

    private void TakeRoom(EventEnvelope e)
    {
        if (e.Is<ChatRoomCreated>(out var created)) QueueJoin(created.RoomId, created.MemberIds);
        else if (e.Is<MemberJoined>(out var joined)) QueueJoin(joined.RoomId, [joined.UserId]);
        else if (e.Is<ChatRoomUpdated>(out var updated)) hub.ReportVersion(updated.RoomId, updated.Version);
        else if (e.Is<MemberLeft>(out var left)) hub.ReportVersion(left.RoomId, left.Version);
        else if (e.Is<MemberRoleChanged>(out var role)) hub.ReportVersion(role.RoomId, role.Version);
    }

    /// <summary>
    /// The users' streams of all rooms join the room, which must be loaded when they show it. Reading it must not block the events that
    /// follow in the topic. Users who have left by the time it is read are not added.
    /// </summary>
    private void QueueJoin(long roomId, IReadOnlyCollection<long> users)
    {
        if (hub.HasListeners(roomId) || users.Any(hub.IsFollowing)) _joins.Writer.TryWrite((roomId, users));
    }

    private async Task ProcessJoins()
    {
        try
        {
            await foreach (var (roomId, users) in _joins.Reader.ReadAllAsync(_stopping.Token))
            {
                if (!await TryJoin(roomId, users)) await RejoinRooms();
            }
        }
        catch (OperationCanceledException)
        {
            // Shutdown: the streams ask their clients to reconnect.
        }
    }

    private async Task<bool> TryJoin(long roomId, IReadOnlyCollection<long> users)
    {
        try
        {
            await LoadAndJoin(roomId, users);
            return true;
        }
        catch (Exception error) when (!_stopping.IsCancellationRequested)
        {
            LogNotRead(error);
            return false;
        }
    }

    /// <summary>
    /// Changes that commit between reading the room and joining its streams are not delivered, so the room is read again after joining.
    /// </summary>
    private async Task LoadAndJoin(long roomId, IReadOnlyCollection<long> users)
    {
        if (await store.Find(roomId, _stopping.Token) is not { } room) return;
        AddToStreams(room, users);
        if (await store.Find(roomId, _stopping.Token) is { } now) hub.ReportVersion(roomId, now.Version);
    }

    private void AddToStreams(Room room, IEnumerable<long> users)
    {
        foreach (var user in users.Where(user => hub.IsFollowing(user) && room.HasMember(user)))
        {
            hub.AddMembers([user], room, room.Members[user].SeesFrom);
        }
    }

    /// <summary>Events were missed: reads the rooms that users have joined from the store, and retries until that succeeds.</summary>
    private async Task RejoinRooms()
    {
        hub.ReportMissedEvents();
        try
        {
            while (!await TryRejoinRooms()) await Task.Delay(RetryPause, time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // Shutdown: the streams ask their clients to reconnect.
        }
    }

    private async Task<bool> TryRejoinRooms()
    {
        try
        {
            foreach (var user in hub.Followers())
            {
                foreach (var id in await store.Sql.Read(reader => RoomRows.RoomsOf(reader, user), _stopping.Token))
                {
                    await LoadAndJoin(id, [user]);
                }
            }
            return true;
        }
        catch (Exception error) when (!_stopping.IsCancellationRequested)
        {
            LogNotRead(error);
            return false;
        }
    }

    private static string? EventNameOf(string type) =>
        type == MessageSent.WireName ? StreamEventNames.MessageCreated
        : type == MessageEdited.WireName ? StreamEventNames.MessageUpdated
        : type == MessageDeleted.WireName ? StreamEventNames.MessageDeleted
        : type == MessagesRead.WireName ? StreamEventNames.Read
        : type == ReactionChanged.WireName ? StreamEventNames.ReactionChanged
        : null;

    /// <summary>Reads one field, without the message that follows it.</summary>
    private static long VersionOf(ReadOnlySpan<byte> data)
    {
        var json = new Utf8JsonReader(data);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1) continue;
            if (json.ValueTextEquals("version"u8) && json.Read()) return json.GetInt64();
            json.Skip();
        }
        throw new JsonException("The event has no version.");
    }

    /// <summary>The author of a new message; null for a system message.</summary>
    private static long? AuthorOf(ReadOnlySpan<byte> data)
    {
        const int depthOfMessage = 2;
        long? author = null;
        var json = new Utf8JsonReader(data);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != depthOfMessage) continue;
            if (json.ValueTextEquals("user_id"u8) && json.Read()) author = json.GetInt64();
            else if (json.ValueTextEquals("message_type"u8) && json.Read()) return json.ValueTextEquals("system"u8) ? null : author;
            else json.Skip();
        }
        throw new JsonException("The event has no message.");
    }

    [LoggerMessage(1, LogLevel.Warning,
        "Reading rooms after missed events failed, retrying; until then streams of all rooms may lack new rooms")]
    private partial void LogNotRead(Exception error);
}
