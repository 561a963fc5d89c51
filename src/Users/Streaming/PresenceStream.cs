using BigTech.Platform.Auth;
using BigTech.Platform.Streams;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Streaming;

/// <summary>
/// A user's live view of his friends' presence. Each event is the whole state of one friend: one who was lost looks like a stranger from
/// then on.
/// </summary>
internal sealed class PresenceStream(HttpContext http, Caller caller, PresenceStore store, PresenceHub hub, StreamRegistry registry)
    : VersionedStream(http, caller, IdName, "/online-status", registry)
{
    /// <summary>What the ids of these streams begin with.</summary>
    public const char IdName = 'p';

    private int _tiesChanged;

    /// <summary>Whom the stream shows or showed; under the hub's lock.</summary>
    public Dictionary<long, Tie> Ties { get; } = [];

    /// <summary>Has the stream look whose presence its user may see, and then what is new.</summary>
    public void LookAtTies()
    {
        Volatile.Write(ref _tiesChanged, 1);
        Look();
    }

    protected override async Task Join(CancellationToken ct)
    {
        hub.Join(this);
        hub.Watch(this, await store.TiesOf(Caller.UserId, ct));
    }

    protected override async Task CatchUp(CancellationToken ct)
    {
        // First whom to listen to: of those, nothing that changes from here on goes unheard.
        if (Interlocked.Exchange(ref _tiesChanged, 0) == 1) await WatchTies(ct);
        await base.CatchUp(ct);
    }

    private async Task WatchTies(CancellationToken ct)
    {
        try
        {
            hub.Watch(this, await store.TiesOf(Caller.UserId, ct));
        }
        catch
        {
            Volatile.Write(ref _tiesChanged, 1);
            throw;
        }
    }

    protected override Task LookAgain(CancellationToken ct)
    {
        Volatile.Write(ref _tiesChanged, 1);
        return CatchUp(ct);
    }

    protected override async Task<VersionedReplay> Missed(long since, CancellationToken ct) => await store.Missed(Caller.UserId, since, ct);

    protected override void Leave() => hub.Leave(this);
}
