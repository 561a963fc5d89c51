using System.Reflection;
using System.Runtime.InteropServices;

namespace BigTech.Platform.Events.Kafka;

/// <summary>The native half of the Kafka client, which comes from the system: librdkafka 1.9 to 2.0.</summary>
internal static class KafkaLibrary
{
    private const string SystemName = "librdkafka.so.1";

    // The process has one resolver for an assembly, and it can be set once.
    private static readonly Lazy<IntPtr> Native = new(Resolve);

    /// <summary>Loads it, once per process.</summary>
    /// <exception cref="StartupException">The system does not have it.</exception>
    public static void Load() => _ = Native.Value;

    /// <exception cref="StartupException">The system does not have it.</exception>
    public static IntPtr Find(string name)
    {
        if (NativeLibrary.TryLoad(name, out var library)) return library;
        throw new StartupException($"Kafka needs the library {name} of the system (the package librdkafka1 of Debian and Ubuntu), and it is not there.");
    }

    private static IntPtr Resolve()
    {
        var library = Find(SystemName);
        NativeLibrary.SetDllImportResolver(typeof(Confluent.Kafka.Library).Assembly, ResolveImport);
        return library;

        IntPtr ResolveImport(string name, Assembly assembly, DllImportSearchPath? path) => name == "librdkafka" ? library : IntPtr.Zero;
    }
}
