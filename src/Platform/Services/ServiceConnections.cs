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
    public static HttpMessageHandler NewHandler(TimeSpan connectLimit)
    {
        var handler = new SocketsHttpHandler();
        Configure(handler, connectLimit);
        return handler;
    }

    /// <param name="connectLimit">How long a connection may take to open.</param>
    public static void Configure(SocketsHttpHandler handler, TimeSpan connectLimit)
    {
        handler.UseProxy = false;
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        // As the server has read it; a header that cannot be written would look like a service that cannot be reached.
        handler.RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8;
        handler.ConnectTimeout = connectLimit;
        handler.PooledConnectionLifetime = Life;
    }
}
