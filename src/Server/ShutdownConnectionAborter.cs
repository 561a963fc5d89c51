using Microsoft.AspNetCore.Connections;

namespace BigTech.Server;

/// <summary>
/// Cuts the connections that are still in use some time after the program was asked to stop. A client that stops in the middle of a request,
/// or reads no answer, would otherwise hold the web server for as long as a stop may take, and leave no time to what comes after it: the
/// relay of events, the files.
/// </summary>
internal sealed class ShutdownConnectionAborter : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource _over = new();

    public ShutdownConnectionAborter(IHostApplicationLifetime lifetime) => lifetime.ApplicationStopping.Register(() => _over.CancelAfter(Patience));

    /// <summary>Serves a connection, until it ends or is late.</summary>
    public async Task Serve(ConnectionContext connection, ConnectionDelegate next)
    {
        await using var late = _over.Token.UnsafeRegister(
            static served => ((ConnectionContext)served!).Abort(new ConnectionAbortedException("The program stops.")), connection);
        await next(connection);
    }

    public void Dispose() => _over.Dispose();
}
