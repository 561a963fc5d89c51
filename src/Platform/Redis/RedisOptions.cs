using System.ComponentModel.DataAnnotations;

namespace BigTech.Platform.Redis;

/// <summary>Section <c>Redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>Where Redis is, in the form of StackExchange.Redis: <c>host:6379,password=…,ssl=true</c>. Without it this process shares nothing.</summary>
    public string? Configuration { get; set; }

    /// <summary>What every key and channel begins with, so that several installations may share one server.</summary>
    [Required(AllowEmptyStrings = true)]
    public string KeyPrefix { get; set; } = "bigtech:";

    /// <summary>How long one call, or one attempt to connect, may take.</summary>
    [Range(10, 60_000)]
    public int TimeoutMilliseconds { get; set; } = 1000;
}
