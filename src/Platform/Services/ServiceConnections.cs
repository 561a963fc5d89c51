using System.Diagnostics;
using System.Text;

namespace BigTech.Platform.Services;

/// <summary>
/// HTTP to the product's own services: straight to their addresses. Neither a proxy that the environment names nor a redirect takes the
/// service secret anywhere else.
/// </summary>
public static class ServiceConnections
{
    // A connection does not outlive what the name of a service resolves to.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    /// <param name="connectLimit">How long a connection may take to open.</param>
    /// <param name="propagator">What goes along of the trace; by default that of the framework.</param>
    public static HttpMessageHandler NewHandler(TimeSpan connectLimit, DistributedContextPropagator? propagator = null)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            // As the server has read it; a header that cannot be written would look like a service that cannot be reached.
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            ConnectTimeout = connectLimit,
            PooledConnectionLifetime = Life,
        };
        if (propagator is not null) handler.ActivityHeadersPropagator = propagator;
        return handler;
    }
}
