using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BigTech.Platform.Documents;

internal sealed class UriHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        NativeMongo.DestroyUri(handle);
        return true;
    }
}

internal sealed class PoolHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        NativeMongo.DestroyPool(handle);
        return true;
    }
}

/// <summary>A client that is out of its pool; the pool cannot be destroyed before it is back.</summary>
internal sealed class ClientHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly PoolHandle _pool;

    public ClientHandle(PoolHandle pool) : base(ownsHandle: true)
    {
        _pool = pool;
        var added = false;
        pool.DangerousAddRef(ref added);
        SetHandle(NativeMongo.Pop(pool));
        // A handle that is not valid is never released.
        if (IsInvalid) pool.DangerousRelease();
    }

    protected override bool ReleaseHandle()
    {
        NativeMongo.Push(_pool.DangerousGetHandle(), handle);
        _pool.DangerousRelease();
        return true;
    }
}

internal sealed class CollectionHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        NativeMongo.DestroyCollection(handle);
        return true;
    }
}

internal sealed class CursorHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        NativeMongo.DestroyCursor(handle);
        return true;
    }
}

/// <summary>Documents where the driver can read them: a <c>bson_t</c> for each, and behind those their bytes.</summary>
internal sealed unsafe class NativeDocuments : SafeHandleZeroOrMinusOneIsInvalid
{
    public NativeDocuments(params ReadOnlySpan<BsonDocument> documents) : base(ownsHandle: true)
    {
        var size = documents.Length * NativeMongo.BsonSize;
        var total = size;
        foreach (var document in documents) total += document.Bytes.Length;
        var block = (byte*)NativeMemory.AlignedAlloc((nuint)total, NativeMongo.BsonSize);
        SetHandle((nint)block);
        var data = block + size;
        for (var i = 0; i < documents.Length; i++)
        {
            var bytes = documents[i].Bytes.Span;
            bytes.CopyTo(new Span<byte>(data, bytes.Length));
            if (!NativeMongo.InitStaticBson(this[i], (nint)data, (nuint)bytes.Length)) throw new FormatException("The bytes are not one BSON document.");
            data += bytes.Length;
        }
    }

    public nint this[int index] => handle + index * NativeMongo.BsonSize;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}

/// <summary>Where the driver puts an answer.</summary>
internal sealed unsafe class NativeReply : SafeHandleZeroOrMinusOneIsInvalid
{
    public NativeReply() : base(ownsHandle: true)
    {
        SetHandle((nint)NativeMemory.AlignedAlloc(NativeMongo.BsonSize, NativeMongo.BsonSize));
        // The driver initializes it anew, which loses nothing: an empty one holds no memory.
        NativeMongo.InitBson(handle);
    }

    public nint Bson => handle;

    public BsonReader Read() => new(Bytes(handle));

    /// <summary>The bytes of a <c>bson_t</c>, for as long as it lives.</summary>
    public static ReadOnlySpan<byte> Bytes(nint bson)
    {
        var data = (byte*)NativeMongo.GetData(bson);
        return new ReadOnlySpan<byte>(data, *(int*)data);
    }

    protected override bool ReleaseHandle()
    {
        NativeMongo.DestroyBson(handle);
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
