using System.Threading.Channels;

namespace BigTech.Chat.Streaming;

/// <summary>
/// Brings listeners that lack changes of a room up to date from the store: a change of another replica arrived before an earlier one, or
/// the earlier one never arrives.
/// </summary>
internal sealed partial class GapRepair : WorkerService
{
    private const int MaxConcurrency = 4;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly RoomHub _hub;
    private readonly RoomReplay _replay;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<long> _rooms = Channel.CreateUnbounded<long>();

    public GapRepair(RoomHub hub, RoomReplay replay, TimeProvider time, ILogger<GapRepair> logger)
    {
        _hub = hub;
        _replay = replay;
        _time = time;
        _logger = logger;
        hub.GapDetected += room => _rooms.Writer.TryWrite(room);
    }

    protected override Task Run(CancellationToken ct) => Task.WhenAll(Enumerable.Range(0, MaxConcurrency).Select(_ => Work(ct)));

    private async Task Work(CancellationToken ct)
    {
        while (true)
        {
            var room = await _rooms.Reader.ReadAsync(ct);
            if (await TryCatchUp(room, ct)) continue;
            await Task.Delay(RetryPause, _time, ct);
            await _rooms.Writer.WriteAsync(room, ct);
        }
    }

    private async Task<bool> TryCatchUp(long room, CancellationToken ct)
    {
        try
        {
            if (_hub.VersionOf(room) is not { } since) return true;
            if (await _replay.Read(room, since, ct) is var (version, changes)) _hub.CatchUp(room, since, changes, version);
            return true;
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            // Any error: the room receives no changes until it is read, so the worker must continue.
            LogNotRead(error, room);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Gap repair of room {Room} failed; retrying")]
    private partial void LogNotRead(Exception error, long room);
}
