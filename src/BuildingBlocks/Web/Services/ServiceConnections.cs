using System.Text;

namespace BigTech.BuildingBlocks.Web.Services;

/// <summary>
/// HTTP to the product's own services, directly to their addresses. No proxy of the environment and no redirect can send the service secret
/// elsewhere.
/// </summary>
public static class ServiceConnections
{
    // Limits how long a connection keeps using an outdated address of a service name.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    /// <param name="connectLimit">The time limit for opening a connection.</param>
    public static HttpMessageHandler NewHandler(TimeSpan connectLimit)
    {
        var handler = new SocketsHttpHandler();
        Configure(handler, connectLimit);
        return handler;
    }

    /// <param name="connectLimit">The time limit for opening a connection.</param>
    public static void Configure(SocketsHttpHandler handler, TimeSpan connectLimit)
    {
        handler.UseProxy = false;
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        // The same encoding in which the server reads headers; a header that cannot be encoded would look like an unavailable service.
        handler.RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8;
        handler.ConnectTimeout = connectLimit;
        handler.PooledConnectionLifetime = Life;
    }
}
