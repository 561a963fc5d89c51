using System.Runtime.InteropServices;
using System.Text;

namespace BigTech.Platform.Documents;

/// <summary>What is used of MongoDB's C driver (libmongoc and libbson 1.x), as its headers declare it.</summary>
internal static partial class NativeMongo
{
    private const string Mongoc = "libmongoc-1.0.so.0";
    private const string Bson = "libbson-1.0.so.0";

    /// <summary>The size and alignment of a <c>bson_t</c>.</summary>
    public const int BsonSize = 128;

    /// <summary><c>bson_error_t</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct Error
    {
        private const int MessageSize = 504;

        public uint Domain;
        public uint Code;
        private fixed byte _message[MessageSize];

        public string Message
        {
            get
            {
                fixed (byte* message = _message)
                {
                    var bytes = new ReadOnlySpan<byte>(message, MessageSize);
                    var end = bytes.IndexOf((byte)0);
                    return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
                }
            }
        }
    }

    [LibraryImport(Mongoc, EntryPoint = "mongoc_init")]
    public static partial void Init();

    [LibraryImport(Mongoc, EntryPoint = "mongoc_log_set_handler")]
    public static partial void SetLogHandler(nint handler, nint data);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_uri_new_with_error", StringMarshalling = StringMarshalling.Utf8)]
    public static partial UriHandle NewUri(string text, out Error error);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_uri_destroy")]
    public static partial void DestroyUri(nint uri);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_uri_set_option_as_int32", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool SetOption(UriHandle uri, string option, int value);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_uri_set_write_concern")]
    public static partial void SetWriteConcern(UriHandle uri, nint concern);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_uri_set_read_concern")]
    public static partial void SetReadConcern(UriHandle uri, nint concern);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_write_concern_new")]
    public static partial nint NewWriteConcern();

    [LibraryImport(Mongoc, EntryPoint = "mongoc_write_concern_set_wmajority")]
    public static partial void SetMajority(nint concern, int timeoutMilliseconds);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_write_concern_set_journal")]
    public static partial void SetJournal(nint concern, [MarshalAs(UnmanagedType.U1)] bool journal);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_write_concern_destroy")]
    public static partial void DestroyWriteConcern(nint concern);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_read_concern_new")]
    public static partial nint NewReadConcern();

    [LibraryImport(Mongoc, EntryPoint = "mongoc_read_concern_set_level", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool SetLevel(nint concern, string level);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_read_concern_destroy")]
    public static partial void DestroyReadConcern(nint concern);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_client_pool_new_with_error")]
    public static partial PoolHandle NewPool(UriHandle uri, out Error error);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_client_pool_destroy")]
    public static partial void DestroyPool(nint pool);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_client_pool_set_error_api")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool SetErrorApi(PoolHandle pool, int version);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_client_pool_set_appname", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool SetAppName(PoolHandle pool, string name);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_client_pool_pop")]
    public static partial nint Pop(PoolHandle pool);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_client_pool_push")]
    public static partial void Push(nint pool, nint client);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_client_get_collection", StringMarshalling = StringMarshalling.Utf8)]
    public static partial CollectionHandle GetCollection(ClientHandle client, string database, string collection);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_collection_destroy")]
    public static partial void DestroyCollection(nint collection);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_collection_insert_many")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static unsafe partial bool InsertMany(
        CollectionHandle collection, nint* documents, nuint count, nint options, nint reply, out Error error);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_collection_count_documents")]
    public static partial long CountDocuments(CollectionHandle collection, nint filter, nint options, nint readPreferences, nint reply, out Error error);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_collection_find_with_opts")]
    public static partial CursorHandle Find(CollectionHandle collection, nint filter, nint options, nint readPreferences);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_collection_aggregate")]
    public static partial CursorHandle Aggregate(CollectionHandle collection, int flags, nint pipeline, nint options, nint readPreferences);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_cursor_next")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool Next(CursorHandle cursor, out nint document);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_cursor_error")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool CursorError(CursorHandle cursor, out Error error);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_cursor_destroy")]
    public static partial void DestroyCursor(nint cursor);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_client_write_command_with_opts", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool WriteCommand(ClientHandle client, string database, nint command, nint options, nint reply, out Error error);

    [LibraryImport(Mongoc, EntryPoint = "mongoc_client_command_simple", StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool SimpleCommand(
        ClientHandle client, string database, nint command, nint readPreferences, nint reply, out Error error);

    [LibraryImport(Bson, EntryPoint = "bson_init")]
    public static partial void InitBson(nint bson);

    [LibraryImport(Bson, EntryPoint = "bson_init_static")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool InitStaticBson(nint bson, nint data, nuint length);

    [LibraryImport(Bson, EntryPoint = "bson_destroy")]
    public static partial void DestroyBson(nint bson);

    [LibraryImport(Bson, EntryPoint = "bson_get_data")]
    public static partial nint GetData(nint bson);
}
