using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Streaming;

/// <summary>One change, as bytes that all streams share; each stream adds its own id before them.</summary>
/// <param name="Version">Grows with every change that the stream delivers.</param>
/// <param name="Body">The SSE event without its <c>id:</c> line.</param>
public sealed record VersionedEvent(long Version, byte[] Body) : ITimedChange
{
    /// <inheritdoc/>
    public long CommittedAt { get; set; }

    public static VersionedEvent Create(long version, string eventName, ReadOnlySpan<byte> data) =>
        new VersionedEvent(version, SseFrame.Create(eventName, data));
}

/// <summary>The id of an event on a user's own stream: the user, and the version up to which they have received everything.</summary>
/// <param name="Stream">The kind of stream: each has its own version, so the id of one is invalid on another.</param>
public readonly record struct VersionedId(char Stream, long UserId, long Version)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Stream}:{UserId}:{Version}");

    /// <summary>Null when the text is not an id of this stream.</summary>
    public static VersionedId? Parse(char stream, string text) =>
        text.Split(':') is [[var name], var user, var version]
        && name == stream
        && long.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var userId)
        && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var known)
            ? new VersionedId(stream, userId, known)
            : null;
}

/// <summary>The changes that a client has missed.</summary>
/// <param name="Version">The version at the time of the read.</param>
/// <param name="Changes">
/// In version order, several changes of one thing merged; null when there are too many to send. Each is rendered when its turn comes: a
/// client that takes nothing must not fill the memory with what it is owed.
/// </param>
public sealed record VersionedReplay(long Version, IEnumerable<VersionedEvent>? Changes)
{
    /// <summary>Reads what follows these changes, once the client has them; null where nothing does.</summary>
    public Func<CancellationToken, Task<VersionedReplay>>? ReadMore { get; init; }

    /// <summary>More members of the opening event, as JSON: <c>"unread_count":3</c>.</summary>
    public string? OpeningMembers { get; init; }
}

/// <summary>
/// A user's own stream of things that share one version, such as their friends. Its ids are that version, so a client resumes exactly where
/// it stopped, or continues from a snapshot.
/// </summary>
/// <param name="name">The prefix of its ids, unique per stream.</param>
/// <param name="startOver">The path of that snapshot.</param>
public abstract class VersionedStream(HttpContext http, UserSession caller, char name, string startOver, StreamRegistry registry)
    : EventStream<VersionedEvent>(http, caller, registry)
{
    private const int BytesPerFlush = 32 * 1024;
    private const string FromTheBeginning = "0";

    private long _last;

    /// <summary>
    /// Whether a client gets the position after changes that have no event, such as what came and went meanwhile. Not where the version
    /// grows with changes of others too.
    /// </summary>
    protected virtual bool SendsPositions => false;

    protected sealed override async Task Open(CancellationToken ct)
    {
        var (since, reason) = Start();
        await Join(ct);
        // Everything that commits after this read is in the queue; the version identifies duplicates.
        var missed = await Missed(since, ct);
        if (since > missed.Version) reason = "future_id";
        else if (missed.Changes is null) reason = "too_far";
        _last = reason is null && since is { } known ? known : missed.Version;
        if (reason is not null)
        {
            WriteReset(reason, missed);
            return;
        }
        if (since is not null) CountResume();
        WriteEvent(ControlEvents.Ready, $"\"resumed\":{(since is null ? "false" : "true")},{Members(missed)}");
        await WriteAll(missed, Write, () => IsReplayTooLarge, ct);
    }

    /// <summary>Changes by any process: everything in the store after the last version is new to the client.</summary>
    protected override async Task CatchUp(CancellationToken ct)
    {
        var missed = await MissedLive(_last, ct);
        if (missed.Changes is not null)
        {
            await WriteAll(missed, DeliverSignalled, () => false, ct);
            return;
        }
        await WriteLagged();
        await Flush();
        Close();
    }

    /// <summary>Joins the source of live changes.</summary>
    protected abstract Task Join(CancellationToken ct);

    /// <summary>The changes after the version that a client brings; with null it starts now, and gets no changes.</summary>
    protected abstract Task<VersionedReplay> Missed(long? since, CancellationToken ct);

    /// <summary>The changes after the last version that an open stream has sent.</summary>
    protected virtual Task<VersionedReplay> MissedLive(long since, CancellationToken ct) => Missed(since, ct);

    protected sealed override void Write(VersionedEvent change)
    {
        if (change.Version <= _last) return;
        _last = change.Version;
        WriteId();
        Output.Write(change.Body);
    }

    protected sealed override Task WriteLagged()
    {
        WriteReset("slow_consumer", new VersionedReplay(_last, null));
        return Task.CompletedTask;
    }

    private void DeliverSignalled(VersionedEvent change)
    {
        change.CommittedAt = SignalledAt;
        Deliver(change);
    }

    private async Task WriteAll(VersionedReplay replay, Action<VersionedEvent> write, Func<bool> isTooLarge, CancellationToken ct)
    {
        for (var page = replay; page is not null; page = page.ReadMore is { } readMore ? await readMore(ct) : null)
        {
            foreach (var change in page.Changes!)
            {
                write(change);
                if (Output.UnflushedBytes < BytesPerFlush) continue;
                await Flush();
                if (!isTooLarge()) continue;
                _last = Math.Max(_last, page.Version);
                WriteReset("too_large", replay with { Version = _last });
                return;
            }
            if (page.ReadMore is null) WritePosition(page.Version);
        }
    }

    private void WritePosition(long version)
    {
        if (version <= _last) return;
        _last = version;
        if (!SendsPositions) return;
        // An id alone is not an event, but sets the id to resume from.
        WriteId();
        Output.Write("\n"u8);
    }

    private (long? Since, string? Reason) Start()
    {
        if (LastEventId is not { Length: > 0 } last) return (null, null);
        if (last == FromTheBeginning) return (0, null);
        if (VersionedId.Parse(name, last) is not { } id) return (null, "unknown_id");
        return id.UserId == Caller.UserId ? (id.Version, null) : (null, "foreign_id");
    }

    private void WriteReset(string reason, VersionedReplay replay)
    {
        CountReset(reason);
        WriteEvent(ControlEvents.Reset, $"\"reason\":\"{reason}\",{Members(replay)},\"start_over\":\"{startOver}\"");
    }

    private static string Members(VersionedReplay replay)
    {
        var version = string.Create(CultureInfo.InvariantCulture, $"\"version\":{replay.Version}");
        return replay.OpeningMembers is { } more ? $"{version},{more}" : version;
    }

    private void WriteEvent(string type, string members)
    {
        WriteId();
        SseFrame.Write(Output, type, $"{{{members}}}");
    }

    private void WriteId() =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {new VersionedId(name, Caller.UserId, _last)}\n"), Output);
}
