using System.Threading.Channels;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;

namespace BigTech.Friends.Streaming;

/// <summary>
/// Sends friendship changes to the open streams of both users. The writer only queues them, in commit order: rendering reads profiles from
/// the User context, and the writer must not wait for it. Changes of users without streams are dropped. With several replicas, streams read
/// the store themselves, and the feed only wakes the streams of both users, here and on other replicas.
/// </summary>
internal sealed partial class FriendFeed : WorkerService, IFriendshipPublisher
{
    private const string SignalChannel = "friends";

    private readonly FriendProfiles _people;
    private readonly IBackplane _backplane;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, List<FriendStream>> _streams = [];
    private readonly Channel<FriendshipChange> _changes =
        Channel.CreateUnbounded<FriendshipChange>(new UnboundedChannelOptions { SingleReader = true });

    public FriendFeed(FriendProfiles profiles, IBackplane backplane, ILogger<FriendFeed> logger)
    {
        _people = profiles;
        _backplane = backplane;
        _logger = logger;
        backplane.Subscribe(SignalChannel, HandleSignal, onMissed: WakeAll);
    }

    public void Join(FriendStream stream)
    {
        lock (_gate)
        {
            if (!_streams.TryGetValue(stream.Caller.UserId, out var streams)) _streams.Add(stream.Caller.UserId, streams = []);
            streams.Add(stream);
        }
    }

    public void Leave(FriendStream stream)
    {
        lock (_gate)
        {
            if (!_streams.TryGetValue(stream.Caller.UserId, out var streams)) return;
            streams.Remove(stream);
            if (streams.Count == 0) _streams.Remove(stream.Caller.UserId);
        }
    }

    /// <inheritdoc/>
    public void Publish(FriendshipChange change)
    {
        var pair = change.Friendship.Pair;
        if (_backplane.IsClustered)
        {
            _backplane.Publish(SignalChannel, string.Create(CultureInfo.InvariantCulture, $"{pair.Low}:{pair.High}"));
            Wake(pair.Low);
            Wake(pair.High);
            return;
        }
        lock (_gate)
        {
            if (!_streams.ContainsKey(pair.Low) && !_streams.ContainsKey(pair.High)) return;
        }
        _changes.Writer.TryWrite(change);
    }

    protected override async Task Run(CancellationToken ct)
    {
        await foreach (var change in _changes.Reader.ReadAllAsync(ct))
        {
            await Deliver(change, change.Friendship.Pair.Low, ct);
            await Deliver(change, change.Friendship.Pair.High, ct);
        }
    }

    private async Task Deliver(FriendshipChange change, long viewerId, CancellationToken ct)
    {
        var streams = StreamsOf(viewerId);
        if (streams.Count == 0) return;
        try
        {
            var rendered = (await FriendEvents.Render([change], viewerId, _people, ct))[0];
            rendered.CommittedAt = change.CommittedAt;
            streams.ForEach(stream => stream.Push(rendered));
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            // A stream must not continue with a gap. It ends, and its client resumes before the change.
            LogDeliveryFailed(error);
            streams.ForEach(stream => stream.Close());
        }
    }

    private void HandleSignal(string pair)
    {
        foreach (var userId in pair.Split(':')) Wake(long.Parse(userId, NumberStyles.None, CultureInfo.InvariantCulture));
    }

    private void Wake(long userId) => StreamsOf(userId).ForEach(stream => stream.Look());

    private void WakeAll()
    {
        lock (_gate)
        {
            foreach (var stream in _streams.Values.SelectMany(streams => streams)) stream.Look();
        }
    }

    private List<FriendStream> StreamsOf(long userId)
    {
        lock (_gate) return _streams.TryGetValue(userId, out var streams) ? [.. streams] : [];
    }

    [LoggerMessage(1, LogLevel.Warning, "Publishing a friendship change failed; the streams that wait for it end")]
    private partial void LogDeliveryFailed(Exception error);
}
