using System.Diagnostics;
using BigTech.Platform.Documents;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Platform.Http;

/// <summary>
/// Whether the stores of this process answer, for those who ask often and wait only for a moment. One look at a time: a store that hangs is not
/// asked again and again, and callers are told what is known of it.
/// </summary>
internal sealed class StoreHealth(IServiceProvider services)
{
    // The gateway waits for half a second.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(300);

    // A busy machine is not yet a store that hangs.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task<bool> _look = Task.FromResult(true);
    private bool _wasHealthy = true;
    private long _started;

    /// <summary>What a look finds; if it takes longer than a moment, what the one before has found, and after a while: no.</summary>
    public async Task<bool> IsHealthy(CancellationToken ct)
    {
        var look = Latest();
        await Task.WhenAny(look, Task.Delay(LongestWait, ct));
        if (look.IsCompleted) return await look;
        lock (_gate) return _wasHealthy && Stopwatch.GetElapsedTime(_started) < LongestLook;
    }

    private Task<bool> Latest()
    {
        lock (_gate)
        {
            if (!_look.IsCompleted) return _look;
            _wasHealthy = _look.IsCompletedSuccessfully && _look.Result;
            _started = Stopwatch.GetTimestamp();
            return _look = Look();
        }
    }

    private async Task<bool> Look()
    {
        try
        {
            foreach (var store in services.GetServices<RequiredStore>())
            {
                await store.Database.Read(session => session.First<int>("SELECT 1"), CancellationToken.None);
                await store.Database.EnsureWritable(CancellationToken.None);
            }
            foreach (var documents in services.GetServices<DocumentDatabase>()) await documents.Ping(CancellationToken.None);
            return true;
        }
        catch (Refusal)
        {
            return false;
        }
    }
}
